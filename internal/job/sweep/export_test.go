package sweep

// Batch and Sweep are for the tests.
const Batch = batch

var Sweep = sweep
