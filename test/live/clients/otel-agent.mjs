/** An agent of one's own, instrumented by hand with the OTel SDK and the GenAI conventions. */
import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AGENT, MAIL, PROMPT, STOLEN } from './story.mjs';

const sdk = new NodeSDK({ serviceName: 'mail-service', traceExporter: new OTLPTraceExporter() });
sdk.start();
const tracer = trace.getTracer('own-agent');

/** In the past and apart, so that which came first is certain. */
let clock = Date.now() - 1_000;

function tool(name, args, result) {
  clock += 200;
  tracer.startActiveSpan(`execute_tool ${name}`, { startTime: clock }, (span) => {
    span.setAttributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': `call-${AGENT}-${name}`,
      'gen_ai.tool.call.arguments': JSON.stringify(args),
      'gen_ai.tool.call.result': result,
    });
    span.end(clock + 100);
  });
}

tracer.startActiveSpan(`invoke_agent ${AGENT}`, { kind: SpanKind.INTERNAL }, (span) => {
  const prompt = [{ role: 'user', parts: [{ type: 'text', content: PROMPT }] }];
  span.setAttributes({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': AGENT,
    'gen_ai.conversation.id': `conversation-${AGENT}`,
    'gen_ai.input.messages': JSON.stringify(prompt),
  });
  tool('read_mail', { id: 'm-666' }, MAIL);
  tool('send_email', STOLEN, 'Sent.');
  span.end();
});
await sdk.shutdown();
