package versori

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// EncodeWorkflowValue makes the value of a [KVSet] that workflows can read: JSON as text, which is then sent inside a
// JSON string. For the number 42 that is "42", for the text 42 it is "\"42\"".
func EncodeWorkflowValue(v any) (string, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "", fmt.Errorf("versori: encoding a workflow's value: %w", err)
	}
	return string(bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))), nil
}

// DecodeWorkflowValue reads a value that a workflow has written, the Value of a [KVValue] or a [KVEntry], into v, as
// json.Unmarshal does. Such a value is a JSON string that holds JSON. Another value, which no workflow has written, is an
// error: decode that by json.Unmarshal. Errors don't quote the value.
func DecodeWorkflowValue(value json.RawMessage, v any) error {
	var text string
	if len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return errors.New("versori: the value is no JSON string, so no workflow has written it")
	}
	if !json.Valid([]byte(text)) {
		return errors.New("versori: the value is a string that holds no JSON, so no workflow has written it")
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("versori: decoding a workflow's value: %w", err)
	}
	return nil
}
