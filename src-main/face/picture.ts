/** One decoded picture: rows from the top, RGB interleaved, u8 [h,w,c] with c = 3. */
export type Picture = { width: number; height: number; rgb: Uint8Array };
