/** Names under which Python 3 may be found; `QA_NATIVE_PYTHON` goes first. */
export function pythons(): string[] {
  const chosen = process.env['QA_NATIVE_PYTHON'];
  return [...(chosen === undefined ? [] : [chosen]), 'python3', 'python'];
}
