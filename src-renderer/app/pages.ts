/** The pages of the app: what the rail, the palette and the shortcuts offer. */

import {
  AudioLines,
  BookMarked,
  BookOpenText,
  ChartColumn,
  CreditCard,
  Image,
  Images,
  MessageSquare,
  Settings,
  Tags,
  Users,
} from 'lucide-react'
import type { LucideIcon } from 'lucide-react'

export interface PageEntry {
  readonly path: string
  readonly title: string
  readonly icon: LucideIcon
  /** Pressed one after the other outside a text field. */
  readonly keys: string
}

export const PAGE_GROUPS: readonly (readonly PageEntry[])[] = [
  [
    { path: '/chat', title: 'Chat', icon: MessageSquare, keys: 'g c' },
    { path: '/image', title: 'Image', icon: Image, keys: 'g i' },
    { path: '/voice', title: 'Voice', icon: AudioLines, keys: 'g v' },
  ],
  [
    { path: '/recipes', title: 'Recipes', icon: BookMarked, keys: 'g p' },
    { path: '/library', title: 'Library', icon: Images, keys: 'g l' },
  ],
  [
    { path: '/usage', title: 'Usage', icon: ChartColumn, keys: 'g u' },
    { path: '/rates', title: 'Rates', icon: Tags, keys: 'g r' },
    { path: '/billing', title: 'Plan & billing', icon: CreditCard, keys: 'g b' },
    { path: '/team', title: 'Team', icon: Users, keys: 'g t' },
  ],
  [{ path: '/settings', title: 'Settings', icon: Settings, keys: 'g s' }],
]

/** Reached from the palette and from other pages only. */
const OTHER_PAGES: readonly PageEntry[] = [
  { path: '/catalog', title: 'Catalog', icon: BookOpenText, keys: 'g k' },
]

export const PAGES = [...PAGE_GROUPS.flat(), ...OTHER_PAGES]

/** The page a path belongs to. */
export function pageOf(path: string): PageEntry | undefined {
  return PAGES.find((page) => path === page.path || path.startsWith(`${page.path}/`))
}
