-- wrk asks the paths of a file in turn, each thread a part of them, and tells as JSON
-- how long it took: wrk -s load.lua URL -- FILE
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  paths, last = {}, 0
  for path in io.lines(args[1]) do
    paths[#paths + 1] = path
  end
  last = math.floor(number * #paths / 2)
end

function request()
  last = last % #paths + 1
  return wrk.format("GET", paths[last])
end

function done(summary, latency)
  local failed = summary.errors
  local milliseconds = {}
  for i, part in ipairs({50, 95, 99}) do
    milliseconds[i] = string.format("%.3f", latency:percentile(part) / 1e3)
  end
  io.write(string.format(
    '{"answers": %d, "seconds": %.3f, "failures": %d, "percentiles": [%s]}\n',
    summary.requests, summary.duration / 1e6,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    table.concat(milliseconds, ", ")))
end
