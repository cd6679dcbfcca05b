import type { ToastTone } from '../state/toasts.svelte.ts';
import { DoubtIcon, GoodIcon, InfoIcon, WrongIcon } from './icons.ts';

export const toneIcons = { good: GoodIcon, doubt: DoubtIcon, wrong: WrongIcon, plain: InfoIcon } satisfies Record<
  ToastTone,
  unknown
>;
