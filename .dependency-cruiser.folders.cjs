/** Folders import in one direction: tests and their helpers aside, no folder leads back to itself. */
const rules = require('./.dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    {
      name: 'no-folder-cycles',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    ...rules.options,
    exclude: { path: '(^|/)(dist|testing|node_modules)/|[.]test[.]tsx?$' },
  },
};
