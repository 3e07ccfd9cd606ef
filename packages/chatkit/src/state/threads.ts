/** What is fetched when the first thread is opened, or the list of them: a first conversation needs neither. */
export { Loading } from './loading';
export { ThreadList } from './threadList';
