/** What every view can reach. */
export * from '../chatContext';
