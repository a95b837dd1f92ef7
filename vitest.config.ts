import { defineConfig } from 'vitest/config';

const conditions = ['@waywarden/source', 'node', 'import', 'default'];

const base = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};
const limits = { testTimeout: 60_000, hookTimeout: 120_000 };

/** Without processes of their own: modules are compiled and loaded once a worker, half of the processor time there. */
const shared = { isolate: false, ...limits };
const scenarios = ['scenarios', 'simulation', 'policies'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        ...base,
        test: {
          name: 'unit',
          include: ['{schemas,packages/*,services/*}/src/**/*.test.ts'],
          ...shared,
        },
      },
      { ...base, test: { name: 'scenarios', include: scenarios, ...shared } },
      {
        ...base,
        test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: scenarios, ...limits },
      },
    ],
  },
});
