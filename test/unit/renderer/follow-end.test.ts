import { describe, expect, it } from 'vitest'
import { createEndFollower } from '../../../src-renderer/features/studio/chat/follow-end.ts'

const VIEW = 600

/** An area of some height that scrolls as a browser's does: never beyond its end. */
function areaOf(height: number) {
  let content = height
  let view = VIEW
  let top = 0
  const stand = (wanted: number) => {
    top = Math.max(0, Math.min(wanted, content - view))
  }
  return {
    style: { overflowAnchor: '' },
    get scrollHeight() {
      return content
    },
    get clientHeight() {
      return view
    },
    get scrollTop() {
      return top
    },
    set scrollTop(wanted: number) {
      stand(wanted)
    },
    /** What is in it turns out to be higher, or lower. */
    grow(px: number) {
      content += px
      stand(top)
    },
    /** It shows more of what is in it, or less. */
    open(px: number) {
      view += px
      stand(top)
    },
    fromEnd: () => content - view - top,
  }
}

const world = (height = 10_000) => {
  const area = areaOf(height)
  const follower = createEndFollower(area)
  return {
    area,
    follower,
    /** By the person's hand, in one step. */
    scrollBy(px: number) {
      area.scrollTop += px
      follower.scrolled()
    },
    grow(px: number) {
      area.grow(px)
      follower.changed()
    },
  }
}

describe('the end that was gone to', () => {
  it('is kept, whatever is measured afterwards', () => {
    const { area, follower, grow } = world()
    follower.toEnd()
    for (const px of [47, -600, 20, 1_200]) grow(px)
    expect(area.fromEnd()).toBe(0)
    expect(follower.isAtEnd()).toBe(true)
  })

  it('is kept when heights changed before the scroll event told of the move', () => {
    const { area, follower, grow } = world()
    follower.toEnd()
    area.grow(47)
    follower.scrolled()
    grow(0)
    expect(area.fromEnd()).toBe(0)
  })

  it('is kept when the area shows more and less of what is in it', () => {
    const { area, follower } = world()
    follower.toEnd()
    for (const px of [60, -200]) {
      area.open(px)
      follower.scrolled()
      follower.changed()
      expect(area.fromEnd()).toBe(0)
    }
  })

  it('is not kept in view by the browser too, only what is read is', () => {
    const { area, follower, scrollBy } = world()
    follower.toEnd()
    expect(area.style.overflowAnchor).toBe('none')
    scrollBy(-100)
    expect(area.style.overflowAnchor).toBe('')
  })
})

describe('a person who goes up', () => {
  it('is not pulled back while a reply grows, however small the step was', () => {
    const { area, follower, scrollBy, grow } = world()
    follower.toEnd()
    for (let step = 1; step <= 4; step++) {
      scrollBy(-5)
      grow(24)
    }
    expect(area.scrollTop).toBe(10_000 - VIEW - 20)
    expect(follower.isAtEnd()).toBe(false)
  })

  it('is not pulled back when pieces shrink meanwhile', () => {
    const { area, follower, scrollBy, grow } = world()
    follower.toEnd()
    area.grow(-300)
    scrollBy(-40)
    grow(500)
    expect(area.scrollTop).toBe(9_700 - VIEW - 40)
  })

  it('is not pulled back by a change that comes before the scroll event', () => {
    const { area, follower, grow } = world()
    follower.toEnd()
    area.scrollTop = 2_000
    grow(80)
    follower.scrolled()
    expect(area.scrollTop).toBe(2_000)
    expect(follower.isAtEnd()).toBe(false)
  })

  it('is followed again from when they have come back to the end', () => {
    const { area, follower, scrollBy, grow } = world()
    follower.toEnd()
    scrollBy(-500)
    scrollBy(490)
    grow(24)
    expect(area.fromEnd()).toBe(0)
  })

  it('to the start stays there', () => {
    const { area, follower, grow } = world()
    follower.toEnd()
    follower.toStart()
    follower.scrolled()
    grow(400)
    expect(area.scrollTop).toBe(0)
  })
})
