import type { Component } from 'svelte';
import type { TabId } from '../state/session.svelte.ts';
import Augmentation from './augmentation/Augmentation.svelte';
import Inspect from './inspect/Inspect.svelte';
import Label from './label/Label.svelte';
import Library from './library/Library.svelte';
import PoolingSearch from './pooling-search/PoolingSearch.svelte';
import Settings from './settings/Settings.svelte';
import Train from './train/Train.svelte';

/** The panel of each tab. Panels take no props: they find the session by `getSession()`. */
export const panels: Readonly<Record<TabId, Component>> = {
  library: Library,
  label: Label,
  train: Train,
  inspect: Inspect,
  pooling: PoolingSearch,
  augmentation: Augmentation,
  settings: Settings,
};
