import { existsSync } from 'node:fs';
import { chmod, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from './paths.js';

/**
 * In a checkout, makes `npx qa-native` start this very build at once: npm links the commands of dependencies, but
 * not the package's own, for which npx would set up a copy in its cache.
 */
export async function linkCommand(root = packageRoot): Promise<void> {
  const bin = join(root, 'node_modules', '.bin');
  const target = join(root, 'dist', 'bin', 'qa-native.js');
  if (!existsSync(bin) || !existsSync(target) || process.platform === 'win32') return;
  const link = join(bin, 'qa-native');
  await chmod(target, 0o755);
  await rm(link, { force: true });
  await symlink(join('..', '..', 'dist', 'bin', 'qa-native.js'), link);
}
