/** What each kind of client is told of what it sent: in the words that it knows. */
import type { ReadResult } from '@waywarden/agent-telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientRoute } from './client-routes.ts';
import { otlpAccepted } from './otlp-answer.ts';

const PROBLEM_LENGTH_MAX = 500;
const BATCH_ITEMS_MAX = 100;

export type Taken = Pick<ReadResult, 'rejected' | 'problem'> & { readonly observed: number };

/** Nothing of it could be read: the same body would be refused again. */
export function isUnreadable({ observed, rejected, problem }: Taken): boolean {
  return observed === 0 && rejected > 0 && problem !== undefined;
}

export function answerClient(
  { answer, counted = 'Spans' }: ClientRoute,
  taken: Taken,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = taken.problem?.slice(0, PROBLEM_LENGTH_MAX);
  switch (answer) {
    case 'otlp': {
      const { rejected } = taken;
      const { type, body } = otlpAccepted(request.headers, counted, { rejected, problem });
      return reply.code(200).type(type).send(body);
    }
    case 'langsmith':
      return reply.code(202).send({ message: 'Runs batch ingested' });
    case 'hook':
      // Anything else would be a decision about the call, which a coding agent would obey.
      return reply.code(200).send({});
    case 'plain':
      return reply
        .code(202)
        .send({ rejected: taken.rejected, ...(problem !== undefined && { problem }) });
  }
}

/** As LangSmith's server describes itself; SDKs choose their address and encoding by it. */
export function serverInfo(version: string, bodyBytesMax: number): object {
  return {
    version,
    license_expiration_time: null,
    batch_ingest_config: {
      use_multipart_endpoint: true,
      scale_up_qsize_trigger: 1_000,
      scale_up_nthreads_limit: 4,
      scale_down_nempty_trigger: 4,
      size_limit: BATCH_ITEMS_MAX,
      size_limit_bytes: bodyBytesMax,
    },
    instance_flags: { zstd_compression_enabled: true, gzip_body_enabled: true },
  };
}
