// A process that owns an embedded ClickHouse, to be killed by the contract test: what is promised after the death of the
// owner can only be shown on a process that is not the test's own. Argument: the folder.
import { startClickHouse } from '@waywarden/clickhouse-embedded';

const path = process.argv[2];
if (path === undefined) throw new Error('Usage: clickhouse-owner-process.ts FOLDER');
const clickHouse = await startClickHouse({ path });
// A test that fails before it kills us must not leave us behind.
process.on('disconnect', () => process.exit(1));
process.send?.({ url: clickHouse.url, pid: clickHouse.pid() });
