Changing status, salesperson or team of many prospects at once takes less than half the time; undoing it takes a third less.
