#!/usr/bin/env node
import { main } from '../src/cli/main.js';
import { outliveOutput } from '../src/cli/standard-streams.js';

outliveOutput();
const exitCode = await main(process.argv.slice(2));
// What could not be written may have failed meanwhile.
process.exitCode ||= exitCode;
