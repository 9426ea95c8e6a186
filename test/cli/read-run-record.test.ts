import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readRunRecord } from '../../src/cli/read-run-record.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();

test('a run.json that another program wrote is refused with what to do about it', async (t) => {
  for (const text of ['{"name": "my run"}', '[]', 'null', '{']) {
    writeFileSync(join(folder, 'run.json'), text);
    await t.throwsAsync(readRunRecord(folder), {
      code: 'ERR_NO_RUN',
      message:
        /^Expected the record of a run in .*; give .*, or move the file away where another program wrote it[.]$/,
    });
  }
});
