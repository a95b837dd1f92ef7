/** The arrows of docs/architecture.md as rules; `scripts/check.mjs` asserts that modules were seen. */
/** Folders of the responder's core, lowest first: each imports those before it and itself. */
const RESPONDER_CORE = ['model', 'guards', 'commands', 'containment', 'operator', 'stages'];

const BENCHMARKS = '(benchmarks|fleet-simulator|label-checker|rate-entropy-baseline|second-fleet)';

const looksDown = (core, folders) =>
  folders.slice(0, -1).map((folder, at) => ({
    name: `${core.split('/')[1]}-${folder}-looks-down`,
    comment: `Folders of ${core} import one another in one direction: ${folders.join(' < ')}.`,
    severity: 'error',
    from: { path: `^${core}/${folder}/`, pathNot: '[.]test[.]ts$' },
    to: { path: `^${core}/(${folders.slice(at + 1).join('|')})/` },
  }));

module.exports = {
  forbidden: [
    ...looksDown('services/responder/src/core', RESPONDER_CORE),
    {
      name: 'core-is-pure',
      comment: 'The core has no clock, IO or environment: no Node built-ins.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/core/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-imports-core-only',
      comment: 'The core sees contracts and mathematics, nothing else.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/core/', pathNot: '[.]test[.]ts$' },
      to: {
        pathNot: [
          '^services/$1/src/core/',
          '^schemas/',
          '^packages/stage/src/port[.]ts$',
          '^packages/statistics/src/',
          'node_modules/(zod|simple-statistics)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'detector-wording-decides-nothing',
      comment: 'What an alert says follows from what its rule passes.',
      severity: 'error',
      from: { path: '^services/detector/src/core/wording/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^services/detector/src/core/(wording|domain)/', '^schemas/'] },
    },
    {
      name: 'no-service-to-service',
      comment: 'Services meet on topics; only `waywarden` composes them.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/', pathNot: '^services/waywarden/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-know-no-service',
      severity: 'error',
      from: { path: '^(packages|schemas)/', pathNot: '^packages/benchmarks/' },
      to: { path: '^services/' },
    },
    {
      name: 'product-knows-no-benchmark',
      comment: 'What measures the product is installed beside it.',
      severity: 'error',
      from: { path: '^(services|schemas|packages)/', pathNot: `^packages/${BENCHMARKS}/` },
      to: { path: `^packages/${BENCHMARKS}/` },
    },
    {
      name: 'second-fleet-sees-nothing',
      comment: 'Another hand wrote it from the design alone.',
      severity: 'error',
      from: { path: '^packages/second-fleet/src/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: '^packages/second-fleet/src/' },
    },
    {
      name: 'simulator-knows-no-detector',
      comment: 'Benchmarks are written from the specification; the contracts are all they may see.',
      severity: 'error',
      from: { path: '^packages/fleet-simulator/src/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^packages/fleet-simulator/src/', '^schemas/'] },
    },
    {
      name: 'label-checker-knows-contracts-only',
      comment: 'A label is checked by a hand that knows neither the detector nor the simulator.',
      severity: 'error',
      from: { path: '^packages/label-checker/src/', pathNot: '[.]test[.]ts$' },
      to: {
        pathNot: ['^packages/label-checker/src/', '^schemas/', 'node_modules/yaml/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'scoring-knows-no-detector',
      comment:
        'Scores follow from labels, alerts and events; whose alerts they are is not known there.',
      severity: 'error',
      from: { path: '^packages/benchmarks/src/evaluate/scoring/', pathNot: '[.]test[.]ts$' },
      to: {
        pathNot: [
          '^packages/benchmarks/src/evaluate/scoring/',
          '^services/waywarden/src/input/seeded-random[.]ts$',
          '^packages/statistics/',
          '^schemas/',
          'node_modules/(zod|simple-statistics)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'baseline-knows-nothing-of-us',
      comment:
        'It is scored as a stranger would be: from the files and the documented format alone.',
      severity: 'error',
      from: { path: '^packages/rate-entropy-baseline/src/', pathNot: '[.]test[.]ts$' },
      to: {
        pathNot: ['^packages/rate-entropy-baseline/src/', 'node_modules/(yaml|zod)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'kafkajs-in-one-folder',
      comment: 'kafkajs is unmaintained: the swap must be one folder.',
      severity: 'error',
      from: { pathNot: ['^packages/event-log/src/kafka/', '^test/support/'] },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: { path: '^packages/event-log/src/(lmdb|kafka)/' },
      to: { path: '^packages/event-log/src/(lmdb|kafka)/', pathNot: '^packages/event-log/src/$1/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      conditionNames: ['@waywarden/source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
