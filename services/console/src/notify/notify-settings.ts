/** The file of receivers (`--notify FILE`), checked as a whole: a receiver that is half understood tells nobody. */
import { z } from 'zod';
import { exportMatch, noticeMatch } from '../core/notify/notify-route.ts';

const RECEIVERS_MAX = 50;

/** Alerts name agents and owners: they go over TLS, or stay on this machine. */
const address = z.url({ protocol: /^https?$/ }).refine(
  (text) => {
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1';
  },
  { message: 'an https address; http only on this machine' },
);

const common = {
  name: z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, and . _ -; at most 64'),
  match: noticeMatch.prefault({}),
};

export const noticeReceiver = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('webhook'),
    url: address,
    /** Of Standard Webhooks: `whsec_` and base64. */
    secret: z.string().regex(/^whsec_[A-Za-z0-9+/=]{24,128}$/, 'whsec_ and a base64 secret'),
  }),
  z.strictObject({ ...common, kind: z.literal('slack'), url: address }),
  z.strictObject({
    ...common,
    kind: z.literal('pagerduty'),
    routing_key: z.string().min(1).max(128),
    url: address.default('https://events.pagerduty.com/v2/enqueue'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('email'),
    /** `smtps://user:password@host:465`; plain smtp only on this machine. */
    smtp: z
      .string()
      .regex(
        /^(smtps:\/\/|smtp:\/\/(localhost|127\.0\.0\.1)[:/]?)/,
        'smtps://…, or smtp:// on this machine',
      ),
    from: z.email(),
    to: z.array(z.email()).min(1).max(50),
  }),
]);
export type NoticeReceiver = z.infer<typeof noticeReceiver>;

const exported = {
  ...common,
  match: exportMatch.prefault({}),
  format: z.enum(['ocsf', 'ecs']).default('ocsf'),
};
const isHere = (host: string) => host === 'localhost' || host === '127.0.0.1';
const OVER_TLS = { message: '`tls: true`; without it only on this machine' };

/** They get every revision of every alert, as a document. */
export const exportReceiver = z.discriminatedUnion('kind', [
  z.strictObject({
    ...exported,
    kind: z.literal('http'),
    url: address,
    /** The whole header: `Splunk …`, `ApiKey …`, `Bearer …`. */
    authorization: z.string().min(1).max(4_096).optional(),
  }),
  z
    .strictObject({
      ...exported,
      kind: z.literal('syslog'),
      host: z.string().min(1).max(255),
      port: z.number().int().min(1).max(65_535).default(6_514),
      tls: z.boolean().default(true),
    })
    .refine(({ host, tls }) => tls || isHere(host), OVER_TLS),
  z.strictObject({ ...exported, kind: z.literal('file'), path: z.string().min(1).max(4_096) }),
  z
    .strictObject({
      ...exported,
      kind: z.literal('kafka'),
      brokers: z.array(z.string().min(1).max(512)).min(1).max(50),
      topic: z.string().regex(/^[\w.-]{1,249}$/, 'a name of a topic'),
      tls: z.boolean().default(true),
      /** Of SASL SCRAM-SHA-512. */
      username: z.string().min(1).optional(),
      password: z.string().min(1).optional(),
    })
    .refine(
      ({ brokers, tls }) => tls || brokers.every((one) => isHere(one.replace(/:\d+$/, ''))),
      OVER_TLS,
    ),
]);
export type ExportReceiver = z.infer<typeof exportReceiver>;

const receiver = z.union([noticeReceiver, exportReceiver]);
export type NotifyReceiver = NoticeReceiver | ExportReceiver;

const EXPORTS: ReadonlySet<string> = new Set(['http', 'syslog', 'file', 'kafka']);
export const isExport = (one: NotifyReceiver): one is ExportReceiver => EXPORTS.has(one.kind);

export const notifySettings = z
  .strictObject({ receivers: z.array(receiver).max(RECEIVERS_MAX) })
  .refine(({ receivers }) => new Set(receivers.map((one) => one.name)).size === receivers.length, {
    message: 'two receivers have one name',
  });
export type NotifySettings = z.infer<typeof notifySettings>;
