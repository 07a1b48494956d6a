/** Keeps the end of a scrolling area in view while it grows, until the person goes up from it. */

/** This close to the end counts as at the end. */
const NEAR_PX = 32
/** Browsers round: no more than this is no movement. */
const ROUNDING_PX = 1

/** What is needed of the scrolling element. */
export interface ScrollArea {
  scrollTop: number
  readonly scrollHeight: number
  readonly clientHeight: number
  readonly style: { overflowAnchor: string }
}

export interface EndFollower {
  /** To the end; there the view stays, however high what is in the area turns out to be. */
  toEnd(): void
  /** To the start; nothing is followed from there. */
  toStart(): void
  /** To be told of each scroll event: who goes up leaves the end, who comes down to it follows. */
  scrolled(): void
  /** To be told of each change in the area: what is followed comes back into view. */
  changed(): void
  /** Whether the end is in view. */
  isAtEnd(): boolean
}

export function createEndFollower(area: ScrollArea): EndFollower {
  const endOf = () => area.scrollHeight - area.clientHeight
  const isNear = () => endOf() - area.scrollTop < NEAR_PX
  let following = false
  let seen = { top: area.scrollTop, end: endOf() }

  const follow = (wanted: boolean) => {
    following = wanted
    // Else the browser keeps in place what is in view, and moves the view for it as a person would.
    area.style.overflowAnchor = wanted ? 'none' : ''
  }
  const goTo = (top: number) => {
    area.scrollTop = top
    seen = { top: area.scrollTop, end: endOf() }
  }
  const toEnd = () => {
    follow(true)
    goTo(area.scrollHeight)
  }
  const scrolled = () => {
    const now = { top: area.scrollTop, end: endOf() }
    const moved = now.top - seen.top
    // An end that comes nearer takes the view with it: only going further up is leaving.
    const taken = Math.min(0, now.end - seen.end)
    seen = now
    if (following && moved < taken - ROUNDING_PX) follow(false)
    else if (!following && moved > 0 && isNear()) follow(true)
  }
  return {
    toEnd,
    toStart() {
      follow(false)
      goTo(0)
    },
    scrolled,
    changed() {
      // A move that no event has told of yet is not undone.
      if (following) scrolled()
      if (following) toEnd()
    },
    isAtEnd: () => following || isNear(),
  }
}
