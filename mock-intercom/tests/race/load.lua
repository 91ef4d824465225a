-- One call after the other on every connection: the paths of PATHS in turn, the bodies of BODIES in turn
-- (files with one a line); what came of it as one line of JSON at the end.

local function lines_of(name)
  local lines = {}
  for line in io.lines(name) do lines[#lines + 1] = line end
  return lines
end

local paths = lines_of(os.getenv("PATHS"))
local bodies = lines_of(os.getenv("BODIES"))
local headers = {
  ["Authorization"] = "Bearer test-token",
  ["Accept"] = "application/json",
  ["Content-Type"] = "application/json",
}
local turn = tonumber(os.getenv("FIRST") or "0")

function request()
  turn = turn + 1
  local path = paths[(turn - 1) % #paths + 1]
  -- Another body each time that the paths begin anew.
  local body = bodies[(turn + math.floor((turn - 1) / #paths)) % #bodies + 1]
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "p50_us": %d, "p99_us": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
