import { NotHere } from './not-here.js';
import { run } from './run.js';

/** Names under which Python 3 may be found; `QA_NATIVE_PYTHON` goes first. */
export function pythons(): string[] {
  const chosen = process.env['QA_NATIVE_PYTHON'];
  return [...(chosen ? [chosen] : []), 'python3', 'python'];
}

/** The first Python that has a module of its standard library, or pip. */
export async function pythonWith(module: string): Promise<string> {
  for (const python of pythons()) {
    const { code } = await run(python, ['-c', `import ${module}`]);
    if (code === 0) return python;
  }
  throw new NotHere(`no Python with ${module}`);
}
