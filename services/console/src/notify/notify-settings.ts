/** The file of receivers (`--notify FILE`), checked as a whole: a receiver that is half understood tells nobody. */
import { z } from 'zod';
import { noticeMatch } from '../core/notify/notify-route.ts';

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

export const notifyReceiver = z.discriminatedUnion('kind', [
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
export type NotifyReceiver = z.infer<typeof notifyReceiver>;

export const notifySettings = z
  .strictObject({ receivers: z.array(notifyReceiver).max(RECEIVERS_MAX) })
  .refine(({ receivers }) => new Set(receivers.map((one) => one.name)).size === receivers.length, {
    message: 'two receivers have one name',
  });
export type NotifySettings = z.infer<typeof notifySettings>;
