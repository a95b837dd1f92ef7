/** The console: its page and the API behind it, for whoever runs the HTTP server. */
export type { ConsoleRules } from './api/console-pages.ts';
export { type ConsoleParts, consoleRoutes } from './api/console-routes.ts';
export type { StorePort } from './api/console-store.ts';
export type { Streams } from './api/stream-route.ts';
export type { ConsoleStatus, KnownState } from './core/view-model.ts';
