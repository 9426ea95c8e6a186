import type { CommandModule } from 'yargs';
import { jsonOption } from './options.js';

interface DoctorArgs {
  readonly json: boolean;
}

export const doctorCommand: CommandModule<object, DoctorArgs> = {
  command: 'doctor',
  describe: 'show what was found on this machine and what is wrong',
  builder: { json: jsonOption },
  handler: async ({ json }) => {
    const { examine } = await import('../setup/doctor.js');
    const { facts, problems } = await examine();
    if (json) process.stdout.write(`${JSON.stringify({ ...facts, problems })}\n`);
    else {
      const width = Math.max(...Object.keys(facts).map((name) => name.length));
      for (const [name, value] of Object.entries(facts)) {
        process.stdout.write(`${name.padEnd(width)}  ${String(value)}\n`);
      }
      for (const problem of problems) process.stdout.write(`\nWrong: ${problem}\n`);
      if (problems.length === 0) process.stdout.write('\nAll is well.\n');
    }
    if (problems.length > 0) process.exitCode = 1;
  },
};
