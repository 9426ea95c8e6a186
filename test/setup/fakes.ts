import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The Python of this machine, for zips; the tests put fakes before it on PATH. */
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

/** Files by their paths within a LibTorch folder, empty but for the version. */
export function libtorchFiles(version: string, ...more: readonly string[]): Record<string, string> {
  return {
    'include/ATen/ATen.h': '',
    'lib/libtorch_cpu.so': '',
    'version.py': `from typing import Optional\n__version__ = '${version}'\ndebug = False\n`,
    ...Object.fromEntries(more.map((name) => [name, ''])),
  };
}

/** Writes files by their paths within `folder`, which it gives back. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

/** Writes a zip whose members lie under `prefix`. */
export function writeZip(path: string, prefix: string, files: Readonly<Record<string, string>>): string {
  const script =
    'import json, sys, zipfile\n' +
    'with zipfile.ZipFile(sys.argv[1], "w") as z:\n' +
    '    for name, text in json.loads(sys.argv[3]).items(): z.writestr(sys.argv[2] + name, text)\n';
  mkdirSync(dirname(path), { recursive: true });
  execFileSync(python, ['-c', script, path, prefix, JSON.stringify(files)]);
  return path;
}

interface FakePython {
  /** What `find_spec("torch")` gives. */
  readonly torch?: string;
  /** Folder of the wheels that pip finds; without it there is no pip. */
  readonly wheels?: string;
}

/**
 * Makes a Python that finds the torch it is told of and whose pip copies wheels from a folder, by the names it is asked
 * for or, without `--no-deps`, all; what the metadata of a CUDA wheel pins brings NVIDIA's two. The rest is done by the
 * real one.
 */
export function writePython(path: string, { torch = '', wheels }: FakePython): string {
  return writeProgram(
    path,
    `case "$*" in
      *find_spec*) echo '${torch}' ;;
      *'import pip'*) exit ${wheels === undefined ? 1 : 0} ;;
      *'pip download'*)
        all="$*"
        while [ "$1" != -d ]; do shift; done
        folder=$2; shift 2
        /bin/mkdir -p "$folder"
        case "$all" in
          *'cuda-toolkit[cudart,cupti]==13.0.3'*)
            /bin/cp '${wheels ?? ''}'/nvidia_cuda_runtime-*.whl '${wheels ?? ''}'/nvidia_cuda_cupti-*.whl "$folder"; exit ;;
          *--no-deps*) ;;
          *) /bin/cp '${wheels ?? ''}'/*.whl "$folder"; exit ;;
        esac
        for name; do
          case "$name" in --*) continue ;; esac
          name=$(echo "$name" | /bin/sed 's/[=<>].*//; s/-/_/g')
          /bin/cp '${wheels ?? ''}'/"$name"-*.whl "$folder" || { echo "ERROR: no $name"; exit 1; }
        done ;;
      *) exec '${python}' "$@" ;;
    esac`,
  );
}

/** A program of the shell. */
export function writeProgram(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Sets variables of the environment for the whole test file; undefined removes one. */
export function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

/** PATH with folders before it. */
export function pathWith(...folders: readonly string[]): string {
  return [...folders, process.env['PATH'] ?? ''].join(delimiter);
}
