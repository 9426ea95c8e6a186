import type { Options } from 'yargs';
import type { LrSchedulerType } from '../train/schedule.js';

/** For `--help`, which loads no schedule. */
const lrSchedulerTypes = {
  linear: true,
  cosine: true,
  cosine_with_restarts: true,
  polynomial: true,
  inverse_sqrt: true,
  constant: true,
  constant_with_warmup: true,
} satisfies Record<LrSchedulerType, true>;

/** transformers' other schedules, and what they need that is not here. */
const otherSchedulerTypes: Readonly<Record<string, string>> = {
  reduce_lr_on_plateau: 'a loss of the evaluations on the way, which give scores alone',
  cosine_with_min_lr: '--lr-scheduler-kwargs, which is no flag here',
  warmup_stable_decay: '--lr-scheduler-kwargs, which is no flag here',
};

/** Says of a schedule that is not here why; what is no schedule at all is told by the choices. */
function refuseOtherSchedules(name: string | undefined): string | undefined {
  const needs = name === undefined ? undefined : otherSchedulerTypes[name];
  if (needs === undefined) return name;
  throw new Error(`Expected another --lr-scheduler-type than ${name}, as it needs ${needs}`);
}

/** `--lr-scheduler-type`. */
export const lrSchedulerOption: Options = {
  choices: Object.keys(lrSchedulerTypes),
  coerce: refuseOtherSchedules,
  describe: 'how the learning rate goes on after the warmup',
  defaultDescription: 'linear',
  requiresArg: true,
};
