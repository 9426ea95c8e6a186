#!/usr/bin/env node
import { loading } from '../src/cli/interrupt.js';
import { outliveOutput } from '../src/cli/standard-streams.js';
import { expectWorkingFolder } from '../src/cli/working-folder.js';

outliveOutput();
expectWorkingFolder();
const { main } = await loading(() => import('../src/cli/main.js'));
const exitCode = await main(process.argv.slice(2));
// What could not be written may have failed meanwhile.
process.exitCode ||= exitCode;
