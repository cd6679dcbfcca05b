/** What made a run. */
export type AppVersions = { apexscope: string; node: string };
