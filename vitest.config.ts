import { defineConfig } from 'vitest/config';

const conditions = ['@waywarden/source', 'node', 'import', 'default'];

const base = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};
const limits = { testTimeout: 60_000, hookTimeout: 120_000 };

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
          // Modules are compiled and loaded once a worker: half of the processor time of these tests.
          isolate: false,
          ...limits,
        },
      },
      { ...base, test: { name: 'whole', include: ['test/**/*.test.ts'], ...limits } },
    ],
  },
});
