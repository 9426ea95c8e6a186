import type { HubSettings } from './hub-settings.js';

/** A model of the hub, as it was named. */
export interface HubName {
  /** As it was typed. */
  readonly text: string;
  /** `organisation/name`, or the bare name of one of the hub's first models. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const pattern = /^(?!.*(--|\.\.))(?<name>\w[\w.-]*(\/\w[\w.-]*)?)(@(?<revision>\w[\w.-]*(\/\w[\w.-]*)*))?$/;

/** Reads `name` or `name@revision`; undefined for what is no name of the hub's. */
export function parseHubName(text: string): HubName | undefined {
  const { name, revision = 'main' } = pattern.exec(text)?.groups ?? {};
  return name === undefined ? undefined : { text, name, revision };
}

/** Where a model's file is asked for. */
export function fileUrl({ endpoint }: HubSettings, name: string, revision: string, path: string): string {
  return `${endpoint}/${name}/resolve/${encodeURIComponent(revision)}/${encodeURIComponent(path)}`;
}
