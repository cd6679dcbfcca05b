/** Web standard names that neutral code (contract, models) may use although it sees neither DOM nor Node. */
interface AbortSignal {
  readonly aborted: boolean;
}
