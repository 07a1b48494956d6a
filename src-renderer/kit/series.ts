/** The colours of `--series-n` in app/tokens.css; the last is grey. */
const LAST = 8

/** The colour of the one at a place in a list, from 1: all that come late share the grey one. */
export const seriesAt = (index: number) => Math.min(index + 1, LAST)
