let isBroken = false;

/**
 * Where nobody reads any more what a command prints, as after `| head`, it ends as at SIGTERM: without a stack trace, and a
 * training run in a checkpoint.
 */
export function endWithItsReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onError);
}

function onError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  // Every further line fails as well, and a second signal would cut off what the first one lets be finished.
  if (isBroken) return;
  isBroken = true;
  process.kill(process.pid, 'SIGTERM');
}
