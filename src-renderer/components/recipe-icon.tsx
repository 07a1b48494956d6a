import { AudioLines, Image, List, type LucideIcon, PenLine, Search, Sparkles } from 'lucide-react'
import type { RecipeIcon as DrawnIcon } from '#shared/recipes/recipe.ts'

const DRAWN: Readonly<Record<DrawnIcon, LucideIcon>> = {
  spark: Sparkles,
  pen: PenLine,
  picture: Image,
  voice: AudioLines,
  search: Search,
  list: List,
}

const isDrawn = (icon: string): icon is DrawnIcon => Object.hasOwn(DRAWN, icon)

/** A recipe's icon: one of the drawn ones, or an emoji. It only decorates the name beside it. */
export function RecipeIcon({ icon, size = 20 }: { readonly icon: string; readonly size?: number }) {
  if (!isDrawn(icon)) {
    return (
      <span aria-hidden style={{ fontSize: size, lineHeight: 1 }}>
        {icon}
      </span>
    )
  }
  const Drawn = DRAWN[icon]
  return <Drawn size={size} aria-hidden />
}
