// A TOML document as a flat array of nodes with line and column, behind a C ABI: toml++ parses, this file only lays out.
// Nothing throws across the boundary; whatever vae_toml_parse gave, vae_toml_free takes back.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// toml++ 3.3 asserts what bad input can break ("[=" aborts the process), though the code behind the assertion reports it well.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

namespace
{
enum Kind : int32_t { table, array, string, integer, floating, boolean, time };

// Mirrored by TomlNative.Node in C#. A node's parent stands before it; the root is node 0.
struct Node
{
	int32_t kind;
	int32_t parent;
	uint32_t key_line, key_column; // of the key; of the value itself in an array
	uint32_t line, column;		   // of the value
	int64_t integer;			   // integer, boolean
	double number;				   // float
	const char* key;
	int64_t key_length;
	const char* text; // string; a date or time as written in TOML
	int64_t text_length;
};

// Mirrored by TomlNative.Document. error is null when the text was well-formed.
struct Document
{
	const Node* nodes;
	int64_t count;
	const char* error;
	int64_t error_length;
	uint32_t line, column;
};

struct Owner : Document
{
	std::vector<Node> storage;
	std::deque<std::string> texts; // a deque: pointers into its elements stay

	Owner() : Document{} {}

	std::string_view keep(std::string text)
	{
		texts.push_back(std::move(text));
		return texts.back();
	}

	void fail(std::string text, toml::source_position at)
	{
		const auto kept = keep(std::move(text));
		error = kept.data();
		error_length = static_cast<int64_t>(kept.size());
		line = at.line;
		column = at.column;
	}

	void add(const toml::node& value, std::string_view key, toml::source_position key_at, int32_t parent)
	{
		Node node{};
		node.parent = parent;
		node.key_line = key_at.line;
		node.key_column = key_at.column;
		node.line = value.source().begin.line;
		node.column = value.source().begin.column;
		set(node.key, node.key_length, std::string(key));

		if (value.is_table()) node.kind = table;
		else if (value.is_array()) node.kind = array;
		else if (const auto* s = value.as_string()) node.kind = string, set(node.text, node.text_length, s->get());
		else if (const auto* i = value.as_integer()) node.kind = integer, node.integer = i->get();
		else if (const auto* f = value.as_floating_point()) node.kind = floating, node.number = f->get();
		else if (const auto* b = value.as_boolean()) node.kind = boolean, node.integer = b->get();
		else
		{
			std::ostringstream text;
			value.visit([&](const auto& v) { text << v; });
			node.kind = time;
			set(node.text, node.text_length, text.str());
		}

		const auto self = static_cast<int32_t>(storage.size());
		storage.push_back(node);
		if (const auto* t = value.as_table())
			for (auto&& [k, v] : *t) add(v, k.str(), k.source().begin, self);
		if (const auto* a = value.as_array())
			for (auto&& v : *a) add(v, {}, v.source().begin, self);
	}

	void set(const char*& pointer, int64_t& length, std::string text)
	{
		const auto kept = keep(std::move(text));
		pointer = kept.data();
		length = static_cast<int64_t>(kept.size());
	}
};

// toml++ bounds how deep values nest, but not how many parts a dotted key has: each is a table, and freeing them recurses.
constexpr int most_dots = 1000;

// The line, from 1, that may hold such a key; 0 when there is none.
uint32_t overlong_key(std::string_view text)
{
	uint32_t line = 1;
	int dots = 0;
	for (const char c : text)
	{
		if (c == '\n') ++line, dots = 0;
		else if (c == '.' && ++dots > most_dots) return line;
	}
	return 0;
}
} // namespace

#define VAE_EXPORT extern "C" __attribute__((visibility("default")))

// The document, or null when memory ran out.
VAE_EXPORT const Document* vae_toml_parse(const char* text, int64_t length) noexcept
{
	Owner* owner = nullptr;
	try
	{
		owner = new Owner;
		try
		{
			const std::string_view document{ text, static_cast<size_t>(length) };
			if (const auto line = overlong_key(document))
			{
				owner->fail("more than " + std::to_string(most_dots) + " dots in one line", { line, 1 });
				return owner;
			}

			const auto root = toml::parse(document);
			owner->add(root, {}, root.source().begin, -1);
			owner->nodes = owner->storage.data();
			owner->count = static_cast<int64_t>(owner->storage.size());
		}
		catch (const toml::parse_error& e)
		{
			owner->fail(std::string(e.description()), e.source().begin);
		}
		return owner;
	}
	catch (...)
	{
		delete owner;
		return nullptr;
	}
}

VAE_EXPORT void vae_toml_free(const Document* document) noexcept
{
	delete static_cast<const Owner*>(document);
}
