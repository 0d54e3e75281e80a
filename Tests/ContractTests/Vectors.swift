import Foundation
import Testing

/// The files in Tests/Vectors, which any language can read.
enum Vectors {
  struct Options: Decodable, Sendable {
    var issuer: String
    var audiences: [String]
    var accept_test: Bool?
  }

  struct OptionChanges: Decodable, Sendable {
    var accept_test: Bool?
  }

  struct Charge: Decodable, Sendable {
    var amount: Int64
    var currency: String
    var merchant_id: String
    var exact: Bool?
    var any_merchant: Bool?
  }

  struct TokenCase: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var token: String
    var status: String
    var charge: Charge?
    var options: OptionChanges?
    var testDescription: String { name }
  }

  struct Tokens: Sendable {
    var options: Options
    var now: Int64
    var jwks: [UInt8]
    var charge: Charge
    var cases: [TokenCase]
  }

  struct KeySetCase: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var document: String
    var status: String
    var left_out: Int
    var token: String?
    var token_status: String?
    var testDescription: String { name }
  }

  struct KeySets: Decodable, Sendable {
    var options: Options
    var now: Int64
    var charge: Charge
    var cases: [KeySetCase]
  }

  static let tokens: Tokens = {
    struct File: Decodable {
      var options: Options
      var now: Int64
      var charge: Charge
      var cases: [TokenCase]
    }
    let data = read("tokens.json")
    let file = try! JSONDecoder().decode(File.self, from: data)
    let whole = try! JSONSerialization.jsonObject(with: data) as! [String: Any]
    let jwks = try! JSONSerialization.data(withJSONObject: whole["jwks"]!)
    return Tokens(
      options: file.options, now: file.now, jwks: Array(jwks), charge: file.charge, cases: file.cases)
  }()

  static let keySets = try! JSONDecoder().decode(KeySets.self, from: read("key-sets.json"))

  private static func read(_ name: String) -> Data {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")
    return try! Data(contentsOf: folder.appending(path: name))
  }
}
