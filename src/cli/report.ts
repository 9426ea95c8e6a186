import type { CommandModule } from 'yargs';
import { jsonOption } from './options.js';
import type { ReportArgs } from './report-runs.js';
import { runDataOptions } from './run-data-flags.js';

export const reportCommand: CommandModule<object, ReportArgs> = {
  command: 'report <runs..>',
  describe: 'one HTML page on runs: curves, scores by kind of question, calibration, the worst errors',
  builder: {
    runs: {
      type: 'string',
      array: true,
      describe: 'folders of runs that were evaluated',
      demandOption: true,
    },
    ...runDataOptions,
    output: { type: 'string', default: 'report.html', describe: 'where the page goes', requiresArg: true },
    json: jsonOption,
  },
  handler: async (args) => (await import('./report-runs.js')).reportRuns(args),
};
