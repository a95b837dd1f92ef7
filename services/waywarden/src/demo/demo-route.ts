/** `GET /api/v1/demo`: null in a real run; always 200. */
import type { FastifyInstance } from 'fastify';
import type { DemoStory } from './story/story.ts';

export function demoRoute(app: FastifyInstance, story: () => DemoStory | null): void {
  app.get('/api/v1/demo', () => ({ story: story() }));
}
