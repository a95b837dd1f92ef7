/**
 * `GET /api/v1/demo`: `{ "story": null }` in a real run, else the story so far. Always 200, so that a
 * page that asks whether there is one sees no error in its console.
 */
import type { FastifyInstance } from 'fastify';
import type { DemoStory } from './story/story.ts';

export function demoRoute(app: FastifyInstance, story: () => DemoStory | null): void {
  app.get('/api/v1/demo', () => ({ story: story() }));
}
