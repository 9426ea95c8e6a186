import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's root: where package.json, CMakeLists.txt and native/ lie. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[/\\]$/, '');

/** The built addon. */
export const addonPath = join(packageRoot, 'build', 'Release', 'qa_native.node');

/** What the addon was built from, written beside it. */
export const stampPath = join(packageRoot, 'build', 'Release', 'qa_native.json');

/** Where downloads and features go: `QA_NATIVE_CACHE`, else `XDG_CACHE_HOME/qa-native`, else `~/.cache/qa-native`. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env['QA_NATIVE_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'qa-native');
}
