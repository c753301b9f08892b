/** Opens the draft of a document for the person signed in. */
import { schemaVersion } from '../editor/schema/source'
import { browserKeeper, claimTab, ownerOf, type Lost } from './kept'
import { readPast } from './past'
import { Room } from './room'

export function enterRoom(document: string, person: string, changed: (room: Room) => void, lost: (lost: Lost) => void): Room {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const tab = claimTab()
  const owner = ownerOf(person, document)
  const room: Room = new Room({
    url: `${scheme}://${location.host}/sync/${encodeURIComponent(document)}?schema=${schemaVersion}`,
    owner,
    tab: tab.name,
    keeper: browserKeeper,
    changed: () => changed(room),
    lost,
    left: tab.release,
  })
  void readPast(owner)
    .then((past) => (room.past = past))
    .catch(() => undefined) // a browser that keeps nothing has no past
    .then(() => room.open())
  return room
}
