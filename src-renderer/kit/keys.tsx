import styles from './keys.module.css'

export const isMac = navigator.userAgent.includes('Mac')

/** Writes `Mod` as the key of this platform: `Ctrl` or `⌘`. */
function keyNames(keys: string): readonly string[] {
  return keys.split(' ').map((key) => (key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key))
}

/** Keyboard keys, separated by spaces: `<Keys keys="Mod K" />`. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={styles.keys}>
      {keyNames(keys).map((key) => (
        <kbd key={key} className={styles.key}>
          {key}
        </kbd>
      ))}
    </span>
  )
}
