import type { ImageShape } from '#shared/studios/settings.ts'
import type { CreationView } from '#shared/host/views.ts'
import { classes } from '../../../kit/classes.ts'
import styles from './image-tile.module.css'

interface ImageTileProps {
  readonly creation: CreationView
  readonly onOpen: (creation: CreationView) => void
}

/** A picture; pressing it opens it large. */
export function ImageTile({ creation, onOpen }: ImageTileProps) {
  return (
    <button
      type="button"
      className={styles.tile}
      aria-label={`Open picture: ${creation.prompt.slice(0, 120)}`}
      onClick={() => onOpen(creation)}
    >
      <img
        src={creation.url}
        alt=""
        loading="lazy"
        decoding="async"
        width={creation.width ?? undefined}
        height={creation.height ?? undefined}
        className={styles.picture}
      />
    </button>
  )
}

/** The place of a picture that has not arrived yet. */
export function PendingTile({ shape }: { readonly shape: ImageShape }) {
  return <div aria-hidden className={classes(styles.pending, styles[shape])} />
}
