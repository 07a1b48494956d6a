import type { ReactNode } from 'react'
import type { CreationView } from '#shared/host/views.ts'
import { classes } from '../kit/classes.ts'
import button from '../kit/button.module.css'
import { downloadName } from '../words/file-names.ts'

interface DownloadLinkProps {
  readonly creation: CreationView
  readonly icon: ReactNode
  readonly size?: 'small' | 'medium'
}

/** Saves a creation as a file. */
export function DownloadLink({ creation, icon, size = 'medium' }: DownloadLinkProps) {
  return (
    <a
      href={creation.url}
      download={downloadName(creation)}
      className={classes(button.button, button.secondary, button[size])}
    >
      {icon}
      Download
    </a>
  )
}
