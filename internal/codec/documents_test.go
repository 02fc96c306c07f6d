package codec_test

// sampleDocuments are accepted by the sample's decoder.
var sampleDocuments = []string{
	`{"id":"r-1","kind":"active","active":true,"count":-9223372036854775808,"small":-2147483648,"plain":0,` +
		`"ratio":0.1,"at":"2024-03-01T08:30:00.123456789+05:30","day":"2024-02-29","blob":"AQI=",` +
		`"any":{"a":[1,2.50,"x",null,true]},"raw":{"keep": [1, 2]},"token":"s3cret","child":{"slug":"c","size":1,` +
		`"seen":"2024-03-01 08:30:00"},"tags":["a","b","c","d","e","f"],"labels":{"k":"v","":"empty"}}`,
	`{"grid":[[1,2],[],null,[3]],"counts":{"a":[1],"b":null},"nodes":[{"slug":"n"},null,{"size":2,"x":1}],` +
		`"byname":{"one":{"slug":"1","under":[{"slug":"2","under":[]}]},"none":null},` +
		`"times":["2024-03-01T08:30:00Z","","never",null,1709281800],"nullable":["a",null,""],"kinds":["draft","other",null],` +
		`"free":{"n":12345678901234567890,"o":{}}}`,
	`{"opt_string":"","opt_bool":false,"opt_int":0,"opt_float":-0.0,"opt_time":"2024-03-01T08:30:00","opt_date":"2024-03-01",` +
		`"opt_kind":"archived","opt_child":{"note":"draft"},"opt_tags":[]}`,
	`{"opt_string":null,"opt_bool":null,"opt_int":null,"opt_float":null,"opt_time":null,"opt_date":null,"opt_kind":null,` +
		`"opt_child":null,"opt_tags":null}`,
	`{"id":null,"kind":null,"active":null,"count":null,"small":null,"plain":null,"ratio":null,"at":null,` +
		`"day":null,"blob":null,"any":null,"raw":null,"token":null,"child":null,"tags":null,"grid":null,"labels":null,` +
		`"counts":null,"nodes":null,"byname":null,"times":null,"nullable":null,"kinds":null,"free":null}`,
	`{"id":"","kind":"","active":false,"count":-0,"small":0,"plain":0,"ratio":0,"at":"0001-01-01T00:00:00Z",` +
		`"day":"0001-01-01","blob":"","any":"","raw":"","token":"","child":{},"tags":[],"grid":[],"labels":{},"counts":{},` +
		`"nodes":[],"byname":{},"times":[],"nullable":[],"kinds":[],"free":{}}`,
	`{"at":"","day":0,"opt_time":{"seconds":1},"opt_date":"today","child":{"seen":false,"note":null}}`,
	`{"a\"b":1,"\u00e9":"\ud83d\ude00","":[],"x":{"y":{"z":[[],{}]}},"e":-1.5E+10,"id":"\"\\\/\b\f\n\r\t\u20ac"}`,
	"{\"id\":\"gr\u00fc\u00df dich, \u4e16\u754c \U0001f600\",\"\u4e16\":\"\u754c\",\"tags\":[\"<a href='x'>&amp;</a>\"]}",
	" {\n\t\"id\" : \"r\" ,\r\n \"tags\" : [ \"a\" , \"b\" ] , \"labels\" : { } , \"child\" : { \"slug\" : \"s\" } , \"x\" : [ 1 , { \"y\" : 2 } ] }\n",
}

// valueDocuments are documents of any shape.
var valueDocuments = []string{
	`0`, `-0`, `1.5e-7`, `""`, `"a"`, `true`, `false`, `null`, `[]`, `{}`, ` [ ] `, `[1,[2,{"a":{}}]]`, `{"a":{"b":[{}]}}`,
	`[`, `]`, `{`, `}`, `[}`, `{]`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `tru`, `nulll`, `-`, `1.`, `01`, `"\u12"`, `"`, `"\`,
	`[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]`, "\"\xff\"", "\"\x1f\"", `1 2`, `[1 2]`, `{"a":1 "b":2}`, `{"a":1,"a":{"b":2}}`, `[nul]`,
}
