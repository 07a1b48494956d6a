import { useRef, useState } from 'react'
import { Pause, Play } from 'lucide-react'
import { playTime } from '../words/play-time.ts'
import styles from './audio-player.module.css'

interface AudioPlayerProps {
  readonly url: string
  /** What is being played, for the names of the controls. */
  readonly name: string
  /** Known before the file is read; null asks the file. */
  readonly durationMs: number | null
}

/** Only one recording sounds at a time. */
let sounding: HTMLAudioElement | null = null

/** Play, pause and seek; everything by keyboard as well. */
export function AudioPlayer({ url, name, durationMs }: AudioPlayerProps) {
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [failed, setFailed] = useState(false)
  const [position, setPosition] = useState(0)
  const [length, setLength] = useState((durationMs ?? 0) / 1_000)

  const toggle = () => {
    const player = audio.current
    if (!player) return
    if (!player.paused) {
      player.pause()
      return
    }
    if (sounding !== player) sounding?.pause()
    sounding = player
    void player.play().catch(() => setFailed(true))
  }
  const seek = (seconds: number) => {
    if (audio.current) audio.current.currentTime = seconds
    setPosition(seconds)
  }
  return (
    <div className={styles.player} role="group" aria-label={`Player: ${name}`}>
      <audio
        ref={audio}
        src={url}
        preload={durationMs === null ? 'metadata' : 'none'}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onTimeUpdate={(event) => setPosition(event.currentTarget.currentTime)}
        onError={() => setFailed(true)}
        onDurationChange={(event) => {
          const { duration } = event.currentTarget
          if (Number.isFinite(duration)) setLength(duration)
        }}
      />
      <button
        type="button"
        className={styles.play}
        aria-label={playing ? 'Pause' : 'Play'}
        onClick={toggle}
      >
        {playing ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
      </button>
      <input
        type="range"
        className={styles.seek}
        aria-label="Position"
        aria-valuetext={`${playTime(position)} of ${playTime(length)}`}
        min={0}
        max={Math.max(length, 0.1)}
        step={0.1}
        value={Math.min(position, Math.max(length, 0.1))}
        style={{ ['--played' as string]: length > 0 ? position / length : 0 }}
        onChange={(event) => seek(Number(event.currentTarget.value))}
      />
      <span className={styles.time}>
        {failed ? 'This recording cannot be played' : `${playTime(position)} / ${playTime(length)}`}
      </span>
    </div>
  )
}
