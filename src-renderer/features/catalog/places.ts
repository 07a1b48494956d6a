/** From where a problem is to the field that can mend it. */

import { SECTIONS } from './sections.ts'

interface Place {
  /** The tab that shows it. */
  readonly part: string
  /** Which entry of the tab's list; null where it has none. */
  readonly entry: number | null
}

/** `plans[2].allowance` is in the third entry of the plans; what no form shows is in the JSON. */
export function findPlace(path: string): Place {
  const [, name = '', index] = /^([^.[]*)(?:\[(\d+)\])?/.exec(path) ?? []
  const section = SECTIONS.find((each) =>
    each.kind === 'entries' ? each.name === name : each.fields.some((field) => field.name === name),
  )
  if (!section) return { part: 'json', entry: null }
  return { part: section.name, entry: index === undefined ? null : Number(index) }
}

/** Moves the focus to the field of a place, or the nearest one around it, once it is there. */
export function focusPlace(path: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (let place = path; place !== ''; place = outer(place)) {
        const holder = document.querySelector(`[data-place="${CSS.escape(place)}"]`)
        const control = holder?.querySelector<HTMLElement>(
          'input:not([type=hidden], [aria-hidden=true]), textarea, button, [role=combobox], [role=switch]',
        )
        if (!control) continue
        control.focus()
        control.scrollIntoView({ block: 'center' })
        return
      }
    }),
  )
}

/** `a.b[1]` → `a.b` → `a` → nothing. */
const outer = (place: string): string => place.replace(/(?:\[\d+\]|\.?[^.[\]]+)$/, '')
