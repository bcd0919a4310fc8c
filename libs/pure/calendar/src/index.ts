export {
  addDays,
  calendarDateIn,
  dayNumber,
  dayNumberOf,
  daysBetween,
  formatBrDate,
  parseBrDate,
  parseIsoDate,
  type CalendarDate,
} from './calendar-date.ts';
