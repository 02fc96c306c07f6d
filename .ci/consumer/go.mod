module example.com/consumer

go 1.26.0

require github.com/wharfinger/sdk v0.0.0
