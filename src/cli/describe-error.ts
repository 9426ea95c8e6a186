import { QaError, messageOf } from '../errors.js';
import { typedFlags } from './flag-names.js';

/**
 * One sentence for an error that a user can act on, a stack trace for ours.
 * @param flags of the command that failed: what a sentence tells to give has to be among them
 */
export function describeError(error: unknown, flags: readonly string[] = []): string {
  if (isTorchError(error) && isOfMemory(error)) return `qa-native: ${memoryRanOut(error, flags)}`;
  if (error instanceof QaError || isTorchError(error)) return `qa-native: ${withFlags(error.message)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The library names an option as programs pass it, `maxSeqLength`: whoever types has --max-seq-length for it. */
export function withFlags(message: string): string {
  return message.replace(/`(\w+)`/g, (option, name: string) => {
    const flag = typedFlags.get(name);
    return flag === undefined ? option : `--${flag}`;
  });
}

type CodedError = Error & { readonly code: unknown };

/** LibTorch's own complaints are sentences too; the addon gives them a code. */
function isTorchError(error: unknown): error is CodedError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_TORCH');
}

/** Of main memory LibTorch throws what it throws of all else. */
function isOfMemory({ code, message }: CodedError): boolean {
  return code === 'ERR_TORCH_OOM' || message.includes("can't allocate memory");
}

/** What saves memory, by the flag that it takes. */
const savings = {
  'per-device-train-batch-size':
    'take a smaller --per-device-train-batch-size, for which --gradient-accumulation-steps makes up',
  'per-device-eval-batch-size': 'take a smaller --per-device-eval-batch-size',
};

function memoryRanOut(error: Error, flags: readonly string[]): string {
  const possible = Object.entries(savings).flatMap(([flag, remedy]) =>
    flags.includes(flag) ? [remedy] : [],
  );
  const remedies = possible.length > 0 ? possible : ['end what else takes it'];
  return `Expected memory enough, but it ran out (${messageOf(error)}); ${remedies.join(', or ')}.`;
}
