#!/usr/bin/env node
import { leavable } from '../src/cli/interrupt.js';
import { outliveOutput } from '../src/cli/standard-streams.js';

outliveOutput();
// Loading takes a while, too, and a signal should find somebody who answers.
const { main } = await leavable('ended before anything began.', () => import('../src/cli/main.js'));
const exitCode = await main(process.argv.slice(2));
// What could not be written may have failed meanwhile.
process.exitCode ||= exitCode;
