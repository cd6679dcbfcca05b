/** Made by build/licences.ts when the page is built. */
declare module 'virtual:licences' {
  export type Licence = { name: string; version: string; licence: string; text: string };
  export const LICENCES: readonly Licence[];
}
